import { PRIORITY, type Tenant } from '../../schemas/records.ts';
import { HOOK_PATHS } from '../intake/webcrm-hook.ts';
import type { WebcrmClient } from '../vendors/webcrm/types.ts';
import { type Attempt, attempt, type CheckItem, passed, probe, refusal } from './check-items.ts';
import { checkCustomFields, checkDeliveryFields, checkTypes } from './check-settings.ts';

const PRIO = PRIORITY.notification;
/** Whether a record has this id or not, the answer shows that its kind may be read. */
const ANY_ID = '1';

/** What webCRM must let us do for the tenant; writes nothing there. `remember` is told whether lines can be queried. */
export async function checkWebcrm(
  webcrm: WebcrmClient,
  tenant: Tenant,
  remember: (found: 'works' | 'refused') => Promise<void>,
): Promise<CheckItem[]> {
  const { settings } = tenant;
  const answer = await attempt(() => webcrm.organisationFields(PRIO));
  if (!answer.ok) return [refusal('webcrm-credentials', 'webCRM', answer.error)];
  const [hooks, deliveryFields, lineQuery, ...rights] = await Promise.all([
    probe('webcrm-hooks', 'webCRM', 'Change notifications can be registered.', () => listAllHooks(webcrm)),
    attempt(() => webcrm.deliveryFields(PRIO)),
    attempt(() => webcrm.probeLineQuery(PRIO)),
    probe('webcrm-deliveries', 'webCRM', 'Deliveries can be read.', () => webcrm.getDelivery(ANY_ID, PRIO)),
    probe('webcrm-lines', 'webCRM', 'Quotation lines can be read.', () => webcrm.getLine(ANY_ID, PRIO)),
    ...(settings.articles.follow
      ? [probe('webcrm-register', 'webCRM', 'The product register can be read.', () => webcrm.getItem(ANY_ID, PRIO))]
      : []),
  ]);
  return [
    passed('webcrm-credentials', 'webCRM accepts the application token.'),
    hooks,
    ...rights,
    await checkLineQuery(lineQuery, remember),
    ...checkCustomFields(settings, answer.value),
    ...checkTypes(settings, answer.value),
    ...(deliveryFields.ok
      ? checkDeliveryFields(settings, deliveryFields.value)
      : [refusal('webcrm-delivery-fields', 'webCRM', deliveryFields.error)]),
  ];
}

async function listAllHooks(webcrm: WebcrmClient): Promise<void> {
  for (const entity of Object.values(HOOK_PATHS)) await webcrm.listHooks(entity, PRIO);
}

/** Either answer is good enough: without the query, edits of lines are found by hooks and by the polls of deliveries. */
async function checkLineQuery(
  answer: Attempt<boolean>,
  remember: (found: 'works' | 'refused') => Promise<void>,
): Promise<CheckItem> {
  const name = 'webcrm-line-query';
  if (!answer.ok) return refusal(name, 'webCRM', answer.error);
  await remember(answer.value ? 'works' : 'refused');
  return passed(
    name,
    answer.value
      ? 'Quotation lines can be queried: an edited line is found even when its notification is lost.'
      : 'webCRM does not answer queries on quotation lines: an edited line is found by its notification, or when its delivery changes.',
  );
}
