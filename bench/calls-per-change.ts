/** Prints what each kind of change costs in calls to both vendors: `npm run calls`. */
import { measureCalls } from './calls.ts';

for (const { change, webcrm, fortnox, byRoute } of await measureCalls()) {
  const routes = Object.entries(byRoute).map(([route, count]) => (count > 1 ? `${count} x ${route}` : route));
  process.stdout.write(
    `${change}: ${webcrm + fortnox} (webCRM ${webcrm}, Fortnox ${fortnox})\n    ${routes.join(', ')}\n`,
  );
}
