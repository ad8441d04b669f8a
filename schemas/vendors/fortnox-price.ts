import { Type } from 'typebox';
import { boolean, closed, date, number, text } from './fortnox-types.ts';

// Restated from the published document, to hold the stand-in to what the vendor publishes.

/** The single GET of a price. */
export const PublishedPrice = closed({
  '@url': text(),
  ArticleNumber: Type.String(),
  Date: date(),
  FromQuantity: number(),
  Percent: number(),
  Price: number(),
  PriceList: Type.String(),
});

/** A row of the list: a subset. */
export const PublishedPriceRow = closed({
  '@url': text(),
  ArticleNumber: Type.String(),
  FromQuantity: number(),
  Price: number(),
  PriceList: Type.String(),
});

/** A price list. */
export const PublishedPriceList = closed({
  '@url': text(),
  Code: Type.String({ maxLength: 100 }),
  Comments: text(),
  Description: Type.String({ maxLength: 50 }),
  PreSelected: boolean(),
});
