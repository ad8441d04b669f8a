import type { Settings } from '../../../schemas/settings.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { text } from '../normalise.ts';

/** C1, R10: only an organisation whose Type is selected goes to Fortnox. */
export const isSelected = (settings: Settings, organisation: WebcrmOrganisation): boolean =>
  settings.types.some((line) => line.type === text(organisation.OrganisationType));
