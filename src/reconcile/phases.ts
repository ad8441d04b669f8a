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
  /** Says in the tenant's activity that it is held until the run's phase succeeds, and what stands in the way. */
  sayHeldUp(pass: Pick<Pass, 'tenant' | 'run'>, message: string): Promise<void>;
  /** Decides whether what was queued waits for a person (R73). */
  decideHold(pass: Pass): Promise<void>;
}

interface PhaseWork {
  /** What it finds is counted after a long stop (R73): while the tenant is held for it, the phase is never left out. */
  readonly isCounted?: boolean;
  /** Left out: the phase belongs to every run. */
  readonly only?: (cause: RunCause, pass: Pass) => boolean;
  run(pass: Pass, helpers: Helpers): Promise<void>;
}

const afterLongStop = (cause: RunCause): boolean => cause === 'long-stop';

export const PHASE_WORK: Readonly<Record<Phase, PhaseWork>> = {
  hooks: { only: afterLongStop, run: (pass, { checkHooks }) => checkHooks(pass) },
  polls: { isCounted: true, run: ({ tenant }, { poll }) => poll(tenant.id) },
  organisations: { isCounted: true, run: compareOrganisations },
  deliveries: { isCounted: true, run: compareDeliveries },
  lines: { isCounted: true, run: compareLines },
  register: {
    isCounted: true,
    only: (_cause, { tenant }) => tenant.settings.articles.follow,
    run: compareRegister,
  },
  customers: { isCounted: true, run: compareCustomers },
  orders: { isCounted: true, run: (pass) => compareDocuments(pass, 'order') },
  invoices: { isCounted: true, run: (pass) => compareDocuments(pass, 'invoice') },
  // Its hints say nothing of changes, which are what is counted after a long stop.
  turn: { only: (cause) => !afterLongStop(cause), run: takeTurn },
  verdict: { isCounted: true, only: afterLongStop, run: (pass, { decideHold }) => decideHold(pass) },
};
