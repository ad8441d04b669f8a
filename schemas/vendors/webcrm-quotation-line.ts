import { Type } from 'typebox';

/**
 * webCRM's published QuotationLineDto (edition of September 2019), restated: every field with its type.
 * Used to hold the stand-in to what the vendor publishes.
 */
export const PublishedLine = Type.Object(
  {
    QuotationLineComment: Type.Optional(Type.String()),
    QuotationLineCostPrice: Type.Optional(Type.Number()),
    QuotationLineCreatedAt: Type.Optional(Type.String()),
    QuotationLineCreatedBy: Type.Optional(Type.String()),
    QuotationLineData1: Type.Optional(Type.String()),
    QuotationLineData2: Type.Optional(Type.String()),
    QuotationLineData3: Type.Optional(Type.String()),
    QuotationLineData4: Type.Optional(Type.String()),
    QuotationLineData5: Type.Optional(Type.String()),
    QuotationLineData6: Type.Optional(Type.String()),
    QuotationLineData7: Type.Optional(Type.String()),
    QuotationLineData8: Type.Optional(Type.String()),
    QuotationLineData9: Type.Optional(Type.String()),
    QuotationLineDiscount: Type.Optional(Type.Number()),
    QuotationLineId: Type.Integer(),
    QuotationLineListPrice: Type.Optional(Type.Number()),
    QuotationLineMemo: Type.Optional(Type.String()),
    QuotationLineOpportunityId: Type.Optional(Type.Integer()),
    QuotationLineOrganisationId: Type.Optional(Type.Integer()),
    QuotationLinePersonId: Type.Optional(Type.Integer()),
    QuotationLinePrice: Type.Optional(Type.Number()),
    QuotationLineQuantity: Type.Optional(Type.Number()),
    QuotationLineSortOrder: Type.Optional(Type.Integer()),
    QuotationLineStockStatus: Type.Optional(Type.String()),
    QuotationLineUpdatedAt: Type.Optional(Type.String()),
    QuotationLineUpdatedBy: Type.Optional(Type.String()),
    QuotationLineVatPercentage: Type.Optional(Type.Number()),
  },
  { additionalProperties: false },
);

/** QuotationLineUpdateDto, the body of POST and PUT: the same and the link to the product register. */
export const PublishedLineUpdate = Type.Object(
  { ...PublishedLine.properties, QuotationLineLinkedDataId: Type.Optional(Type.Integer()) },
  { additionalProperties: false },
);
