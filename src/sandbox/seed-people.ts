interface Place {
  readonly city: string;
  readonly area: string;
  readonly post: string;
}
const PLACES: readonly Place[] = [
  { city: 'Stockholm', area: '08', post: '11' },
  { city: 'Göteborg', area: '031', post: '41' },
  { city: 'Malmö', area: '040', post: '21' },
  { city: 'Uppsala', area: '018', post: '75' },
  { city: 'Västerås', area: '021', post: '72' },
  { city: 'Örebro', area: '019', post: '70' },
  { city: 'Linköping', area: '013', post: '58' },
  { city: 'Jönköping', area: '036', post: '55' },
  { city: 'Umeå', area: '090', post: '90' },
  { city: 'Växjö', area: '0470', post: '35' },
  { city: 'Gävle', area: '026', post: '80' },
  { city: 'Östersund', area: '063', post: '83' },
];
const FIRST = [
  'Anna',
  'Björn',
  'Cecilia',
  'David',
  'Elin',
  'Fredrik',
  'Gunilla',
  'Håkan',
  'Ingrid',
  'Johan',
  'Åsa',
  'Örjan',
];
const LAST = [
  'Andersson',
  'Bergström',
  'Dahl',
  'Ek',
  'Forsberg',
  'Hedlund',
  'Lindqvist',
  'Nyström',
  'Sjöberg',
  'Öberg',
  'Åkesson',
  'Wallin',
];
const TRADES = [
  'Bygg',
  'Åkeri',
  'Måleri',
  'El & Larm',
  'Plåt',
  'Snickeri',
  'Trädgård',
  'Mekaniska',
  'Livs',
  'Redovisning',
  'Rör',
  'Golv',
];
const STREETS = [
  'Storgatan',
  'Kungsgatan',
  'Drottninggatan',
  'Industrivägen',
  'Järnvägsgatan',
  'Skolgatan',
  'Nygatan',
  'Åsgatan',
  'Hamngatan',
];
const TERMS = ['10', '15', '20', '30'];

/** A customer as both systems would know it. */
export interface Person {
  name: string;
  isCompany: boolean;
  organisationNumber: string;
  vatNumber: string;
  phone: string;
  otherPhone: string;
  email: string;
  website: string;
  invoice: { line1: string; line2: string; postCode: string; city: string };
  visiting: { street: string; postCode: string; city: string };
  terms: string;
}

/** The check digit of a Swedish organisation number (Luhn) for its first nine digits. */
export function checkDigit(nine: string): number {
  let sum = 0;
  for (let at = 0; at < nine.length; at += 1) {
    const doubled = Number(nine[at]) * (at % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}

const domainOf = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 30);

/** People and companies with names and numbers that are told apart; made up, the same for the same `random`. */
export function createPeople(random: () => number): () => Person {
  const names = new Set<string>();
  const numbers = new Set<string>();
  const below = (limit: number): number => Math.floor(random() * limit);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const digits = (count: number): string => Array.from({ length: count }, () => below(10)).join('');
  const unused = (used: Set<string>, make: () => string): string => {
    for (;;) {
      const candidate = make();
      if (used.has(candidate)) continue;
      used.add(candidate);
      return candidate;
    }
  };
  /** A name that a large company runs out of is told apart by a number, as people do. */
  const unusedName = (make: () => string): string => {
    const base = make();
    let name = base;
    for (let count = 2; names.has(name); count += 1)
      name = base.endsWith(' AB') ? `${base.slice(0, -3)} ${count} AB` : `${base} ${count}`;
    names.add(name);
    return name;
  };
  const street = () => `${one(STREETS)} ${1 + below(98)}`;
  const postCode = (place: Place) => `${place.post}${1 + below(9)} ${digits(2)}`;
  const phone = (place: Place) => `${place.area}-${1 + below(9)}${digits(2)} ${digits(2)} ${digits(2)}`;

  return () => {
    const place = one(PLACES);
    const isCompany = random() < 0.85;
    const name = unusedName(() =>
      isCompany ? `${one(LAST)}s ${one(TRADES)} i ${place.city} AB` : `${one(FIRST)} ${one(LAST)}`,
    );
    const nine = isCompany ? unused(numbers, () => `55${6 + below(4)}${digits(6)}`) : '';
    const ten = isCompany ? `${nine}${checkDigit(nine)}` : '';
    const domain = domainOf(name);
    const postCodeHere = postCode(place);
    const visitingStreet = street();
    const box = isCompany && random() < 0.3;
    return {
      name,
      isCompany,
      organisationNumber: isCompany ? `${ten.slice(0, 6)}-${ten.slice(6)}` : '',
      vatNumber: isCompany ? `SE${ten}01` : '',
      phone: phone(place),
      otherPhone: phone(place),
      email: isCompany ? `info@${domain}.example` : `${domain}@post.example`,
      website: isCompany ? `www.${domain}.example` : '',
      invoice: {
        line1: box ? 'Ekonomiavdelningen' : visitingStreet,
        line2: box ? `Box ${100 + below(900)}` : '',
        postCode: box ? postCode(place) : postCodeHere,
        city: place.city,
      },
      visiting: { street: visitingStreet, postCode: postCodeHere, city: place.city },
      terms: one(TERMS),
    };
  };
}
