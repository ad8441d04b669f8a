import { PRIORITY, type Tenant } from '../../schemas/records.ts';
import type { WebcrmClient, WebcrmDelivery, WebcrmLine } from '../vendors/webcrm/types.ts';
import { checkDeliveries } from './check-deliveries.ts';
import { firstPage } from './check-first-page.ts';
import { type Attempt, attempt, type CheckItem, passed, probe, refusal } from './check-items.ts';
import { checkLines, checkLinkedFields } from './check-lines.ts';
import { adviseUnique, checkCustomFields, checkDeliveryFields, checkTypes, checkUsedOnce } from './check-settings.ts';
import { checkSystem, listAllHooks, type TenantOfHook } from './webcrm-system.ts';

const PRIO = PRIORITY.notification;
/** Whether an item has this id or not, the answer shows that the register may be read. */
const ANY_ID = '1';
/** There is no way to try a write that leaves nothing behind. */
const ONLY_READ = 'Whether they may be written is proven by the first update.';
/** The set-up of mandatory fields cannot be read (webcrm.md 8.3). */
const RESPONSIBLE = 'Responsible must not be mandatory for deliveries, which cannot be seen from here.';

export interface WebcrmChecked {
  readonly items: CheckItem[];
  /** Deliveries of one page, for what both vendors are needed for; null when they could not be read. */
  readonly deliveries: WebcrmDelivery[] | null;
}

/**
 * What webCRM must let us do for the tenant; writes nothing there. `remember` is told whether lines can be queried; `ownerOf` tells whose
 * the system is (R26).
 */
export async function checkWebcrm(
  webcrm: WebcrmClient,
  tenant: Tenant,
  remember: (found: 'works' | 'refused') => Promise<void>,
  ownerOf: TenantOfHook,
): Promise<WebcrmChecked> {
  const { settings } = tenant;
  const answer = await attempt(() => webcrm.organisationFields(PRIO));
  if (!answer.ok) return { items: [refusal('webcrm-credentials', 'webCRM', answer.error)], deliveries: null };
  const [hooks, deliveryFields, lineQuery, deliveries, lines, setup, ...register] = await Promise.all([
    attempt(() => listAllHooks(webcrm)),
    attempt(() => webcrm.deliveryFields(PRIO)),
    attempt(() => webcrm.probeLineQuery(PRIO)),
    attempt(() => firstPage<WebcrmDelivery>((onPage) => webcrm.listWholeDeliveries(PRIO, onPage))),
    attempt(() => firstPage<WebcrmLine>((onPage) => webcrm.listLines(PRIO, onPage))),
    attempt(() => webcrm.linkedSetup(PRIO)),
    ...(settings.articles.follow
      ? [
          probe('webcrm-register', 'webCRM', `The product register can be read. ${ONLY_READ}`, () =>
            webcrm.getItem(ANY_ID, PRIO),
          ),
        ]
      : []),
  ]);
  const items = [
    passed('webcrm-credentials', `webCRM accepts the application token; organisations can be read. ${ONLY_READ}`),
    ...(hooks.ok
      ? [
          passed('webcrm-hooks', 'Change notifications can be registered.'),
          await checkSystem(hooks.value, tenant.id, ownerOf),
        ]
      : [refusal('webcrm-hooks', 'webCRM', hooks.error)]),
    ...looked('webcrm-deliveries', `Deliveries can be read. ${ONLY_READ} ${RESPONSIBLE}`, deliveries, (rows) =>
      checkDeliveries(settings.documents, rows),
    ),
    ...looked('webcrm-lines', `Quotation lines can be read. ${ONLY_READ}`, lines, (rows) =>
      checkLines(settings.documents, rows),
    ),
    ...register,
    await checkLineQuery(lineQuery, remember),
    ...checkUsedOnce(settings),
    ...checkCustomFields(settings, answer.value),
    adviseUnique(settings),
    ...checkTypes(settings, answer.value),
    ...(deliveryFields.ok
      ? checkDeliveryFields(settings, deliveryFields.value)
      : [refusal('webcrm-delivery-fields', 'webCRM', deliveryFields.error)]),
    ...checkLinkedFields(settings.documents.items, setup),
  ];
  return { items, deliveries: deliveries.ok ? deliveries.value : null };
}

/** The right to a kind of record, and what a page of them shows. */
const looked = <T>(
  name: string,
  message: string,
  answer: Attempt<T[]>,
  check: (rows: T[]) => CheckItem[],
): CheckItem[] =>
  answer.ok ? [passed(name, message), ...check(answer.value)] : [refusal(name, 'webCRM', answer.error)];

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
