/**
 * Facts about webCRM that nobody has proven against a live system. Each is a switch, so that the service is tested
 * against every answer the live system may give; the first value of each is the default.
 */
export interface WebcrmSwitches {
  /** What a PUT does to fields that it leaves out. */
  partialPut: 'keeps' | 'clears';
  /** What POST /Organisations answers: the new id, the whole record, or nothing. */
  postAnswer: 'id' | 'object' | 'empty';
  /** What a hook sends: the record's address, its id, the whole record, or nothing. */
  hookPayload: 'url' | 'id' | 'object' | 'empty';
  /** Whether a change made through the API calls the hooks of the one who made it. */
  ownWritesFireHooks: boolean;
  /** What a page size above 1000 leads to. */
  sizeAbove1000: 'clamped' | 'refused';
  /** Whether null in a PUT clears the field; otherwise it is passed over. */
  nullClears: boolean;
  /** What is answered for a record that does not exist. */
  missingAnswer: '404' | '204';
  /** Whether a change of a quotation line is a change of its delivery, by DeliveryUpdatedAt. */
  lineEditsBumpDelivery: boolean;
  /** Whether /Queries knows the table QuotationLine; refused, asking for one row is no violation. */
  queryLines: 'works' | 'refused';
  /** What a line's form computes into QuotationLinePrice: the list price of one, or the line's total after the discount. */
  linePrice: 'unit' | 'total';
  /** Whether the metadata of all entities tells how people call the DataN of quotation lines and register. */
  lineLabels: 'absent' | 'told';
}

export const SWITCH_VALUES: {
  readonly [K in keyof WebcrmSwitches]: readonly [WebcrmSwitches[K], ...WebcrmSwitches[K][]];
} = {
  partialPut: ['keeps', 'clears'],
  postAnswer: ['id', 'object', 'empty'],
  hookPayload: ['url', 'id', 'object', 'empty'],
  ownWritesFireHooks: [true, false],
  sizeAbove1000: ['clamped', 'refused'],
  nullClears: [true, false],
  missingAnswer: ['404', '204'],
  lineEditsBumpDelivery: [true, false],
  queryLines: ['works', 'refused'],
  linePrice: ['unit', 'total'],
  lineLabels: ['absent', 'told'],
};

export const DEFAULT_SWITCHES: Readonly<WebcrmSwitches> = {
  partialPut: SWITCH_VALUES.partialPut[0],
  postAnswer: SWITCH_VALUES.postAnswer[0],
  hookPayload: SWITCH_VALUES.hookPayload[0],
  ownWritesFireHooks: SWITCH_VALUES.ownWritesFireHooks[0],
  sizeAbove1000: SWITCH_VALUES.sizeAbove1000[0],
  nullClears: SWITCH_VALUES.nullClears[0],
  missingAnswer: SWITCH_VALUES.missingAnswer[0],
  lineEditsBumpDelivery: SWITCH_VALUES.lineEditsBumpDelivery[0],
  queryLines: SWITCH_VALUES.queryLines[0],
  linePrice: SWITCH_VALUES.linePrice[0],
  lineLabels: SWITCH_VALUES.lineLabels[0],
};
