import type { Pass } from './pass.ts';
import { compareCustomers } from './phases/customers.ts';
import { compareDeliveries } from './phases/deliveries.ts';
import { compareDocuments } from './phases/documents.ts';
import { compareLines } from './phases/lines.ts';
import { compareOrganisations } from './phases/organisations.ts';
import { compareRegister } from './phases/register.ts';
import { takeTurn } from './phases/turn.ts';
import type { Phase, RunCause } from './state.ts';

/** What a run asks of other parts. */
export interface Helpers {
  /** Reads the changes since the polls' cursors, on both sides. */
  poll(tenantId: string): Promise<void>;
  /** Sees that webCRM still has our hooks. */
  checkHooks(pass: Pass): Promise<void>;
  /** Decides whether what was queued waits for a person (R73). */
  decideHold(pass: Pass): Promise<void>;
}

interface PhaseWork {
  /** Left out: the phase belongs to every run. */
  readonly only?: (cause: RunCause, pass: Pass) => boolean;
  run(pass: Pass, helpers: Helpers): Promise<void>;
}

const afterLongStop = (cause: RunCause): boolean => cause === 'long-stop';

export const PHASE_WORK: Readonly<Record<Phase, PhaseWork>> = {
  hooks: { only: afterLongStop, run: (pass, { checkHooks }) => checkHooks(pass) },
  polls: { run: ({ tenant }, { poll }) => poll(tenant.id) },
  organisations: { run: compareOrganisations },
  deliveries: { run: compareDeliveries },
  lines: { run: compareLines },
  register: { only: (_cause, { tenant }) => tenant.settings.articles.follow, run: compareRegister },
  customers: { run: compareCustomers },
  orders: { run: (pass) => compareDocuments(pass, 'order') },
  invoices: { run: (pass) => compareDocuments(pass, 'invoice') },
  // Its hints say nothing of changes, which are what is counted after a long stop.
  turn: { only: (cause) => !afterLongStop(cause), run: takeTurn },
  verdict: { only: afterLongStop, run: (pass, { decideHold }) => decideHold(pass) },
};
