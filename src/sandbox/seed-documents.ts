/** What the settings' `documents.fields` must be for a seeded webCRM. */
export const SEEDED_DELIVERY_FIELDS = {
  number: 'DeliveryCustom1',
  deliveryDate: 'DeliveryCustom2',
  invoiceNumber: 'DeliveryCustom3',
  invoiceDate: 'DeliveryCustom4',
  invoiceBooked: 'DeliveryCustom5',
  documentState: 'DeliveryCustom6',
  ourReference: 'DeliveryCustom7',
  yourReference: 'DeliveryCustom8',
  yourOrderNumber: 'DeliveryCustom9',
  remarks: 'DeliveryCustom10',
} as const;
/** What the settings' `documents.items` must be: which DataN of lines and register holds what. */
export const SEEDED_ITEM_FIELDS = { number: 1, name: 2, unit: 3 } as const;

interface Article {
  readonly number: string;
  readonly name: string;
  readonly unit: string;
  readonly cost: number;
  readonly price: number;
}
const article = (number: string, name: string, unit: string, cost: number, price: number): Article => ({
  number,
  name,
  unit,
  cost,
  price,
});
const ASSORTMENT: readonly Article[] = [
  article('1001', 'Elektriker, arbetstid', 'tim', 410, 695),
  article('1002', 'Framkörning', 'st', 180, 395),
  article('2010', 'LED-panel 60x60', 'st', 412.5, 849),
  article('2020', 'Utomhusarmatur, antracit', 'st', 520, 1190),
  article('2030', 'Rörelsevakt 180°', 'st', 148, 329),
  article('3010', 'Installationskabel 3G1,5', 'm', 5.4, 12.5),
  article('3020', 'Jordfelsbrytare 25 A', 'st', 265, 549),
  article('4010', 'Laddbox 11 kW', 'st', 5390, 8490),
  article('4020', 'Lastbalanserare', 'st', 980, 1995),
  article('9010', 'Serviceavtal, månad', 'mån', 0, 495),
];
export const ASSORTMENT_SIZE = ASSORTMENT.length;

const JOBS: readonly { readonly title: string; readonly note: string; readonly articles: readonly [number, number] }[] =
  [
    { title: 'Ny belysning i butiken', note: 'Arbetet utförs efter stängning.', articles: [2, 0] },
    { title: 'Laddboxar på kundparkeringen', note: 'Gräver gör beställaren själv.', articles: [7, 8] },
    { title: 'Byte av elcentral', note: 'Strömmen bryts i två timmar.', articles: [6, 0] },
    { title: 'Fasadbelysning', note: 'Skylift ingår.', articles: [3, 5] },
  ];

interface FortnoxSide {
  article(number: string): object | null;
  person: {
    createArticle(fields: Record<string, unknown>): string;
    setPrice(article: string, price: number): void;
  };
}
interface WebcrmSide {
  person: {
    createDelivery(fields: Record<string, unknown>): number;
    createLine(deliveryId: number, fields: Record<string, unknown>): number;
  };
}

/** Adds the first `count` articles of an electrician that Fortnox does not have, with prices; gives back their numbers. */
export function seedArticles({ article: known, person }: FortnoxSide, count: number): string[] {
  return ASSORTMENT.slice(0, count)
    .filter(({ number }) => known(number) === null)
    .map(({ number, name, unit, cost, price }) => {
      person.createArticle({ ArticleNumber: number, Description: name, Unit: unit, PurchasePrice: cost });
      person.setPrice(number, price);
      return number;
    });
}

const lineOf = ({ number, name, unit, cost, price }: Article, quantity: number) => ({
  [`QuotationLineData${SEEDED_ITEM_FIELDS.number}`]: number,
  [`QuotationLineData${SEEDED_ITEM_FIELDS.name}`]: name,
  [`QuotationLineData${SEEDED_ITEM_FIELDS.unit}`]: unit,
  QuotationLineQuantity: quantity,
  QuotationLineListPrice: price,
  QuotationLineCostPrice: cost,
  QuotationLineVatPercentage: 25,
});

/**
 * Makes a delivery of three lines, the last one of text, for each of the organisations; gives back their ids. Their status
 * is New: nobody has decided on them yet.
 */
export function seedDeliveries(
  { person }: WebcrmSide,
  organisationIds: readonly number[],
  random: () => number,
): number[] {
  return organisationIds.map((organisationId, at) => {
    const job = JOBS[at % JOBS.length];
    if (job === undefined) throw new Error('There is no job to seed.');
    const deliveryId = person.createDelivery({
      DeliveryOrganisationId: organisationId,
      DeliveryDescription: job.title,
      DeliveryStatus: 'New',
      [SEEDED_DELIVERY_FIELDS.yourReference]: at % 2 === 0 ? 'Maria Holm' : 'Per Sandberg',
    });
    for (const place of job.articles) {
      const sold = ASSORTMENT[place];
      if (sold !== undefined) person.createLine(deliveryId, lineOf(sold, 2 + Math.floor(random() * 10)));
    }
    person.createLine(deliveryId, { [`QuotationLineData${SEEDED_ITEM_FIELDS.name}`]: job.note });
    return deliveryId;
  });
}
