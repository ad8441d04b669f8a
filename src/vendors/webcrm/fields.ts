import { field, isRecord } from '../http.ts';
import { unreadable, type WebcrmCalls } from './calls.ts';
import type { WebcrmClient, WebcrmField } from './types.ts';

const DATA_N = /^QuotationLine(LinkedDataItem)?Data[1-9]$/;

/** Which fields a system has; promises stand in types.ts. */
export function createFields(
  calls: WebcrmCalls,
): Pick<WebcrmClient, 'organisationFields' | 'deliveryFields' | 'lineFields'> {
  const fieldsOf =
    (path: string): WebcrmClient['deliveryFields'] =>
    async (priority) => {
      const { json } = await calls.succeed({ method: 'GET', path, route: path, priority });
      if (!Array.isArray(json) || !json.every(isRecord)) throw unreadable(path);
      return json.map(fieldOf);
    };
  const allFields = fieldsOf('/FieldsMetadata/All');
  return {
    organisationFields: fieldsOf('/FieldsMetadata/Organisation'),
    deliveryFields: fieldsOf('/FieldsMetadata/Delivery'),
    lineFields: async (priority) => (await allFields(priority)).filter(({ name }) => DATA_N.test(name)),
  };
}

/** One row of FieldsMetadata (webcrm.md 3). */
function fieldOf(row: unknown): WebcrmField {
  const name = String(field(row, 'FieldMetadataFriendlyFieldName') ?? '');
  const maxLength = field(row, 'FieldMetadataTextFieldMaxLength');
  const choices = field(row, 'FieldMetadataDropdownListData');
  return {
    name,
    label: String(field(row, 'FieldMetadataLabel') ?? name),
    maxLength: typeof maxLength === 'number' && maxLength > 0 ? maxLength : null,
    values: Array.isArray(choices)
      ? choices.map((choice) => field(choice, 'Text')).filter((text) => typeof text === 'string')
      : [],
  };
}
