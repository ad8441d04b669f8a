#!/usr/bin/env bash
# The whole way with curl alone: a tenant, Fortnox's sign-in, settings, check, dry run, import, a failure, explain, retry, erase.
#
#   npm run sandbox                                             # in one shell: stand-ins of both vendors, ports 4000 to 4002
#   FORTNOX_CLIENT_ID=sandbox-client FORTNOX_CLIENT_SECRET=sandbox-secret ADMIN_TOKEN=a-token-of-24-letters-or-more \
#     FORTNOX_API_URL=http://127.0.0.1:4001 FORTNOX_AUTH_URL=http://127.0.0.1:4001 WEBCRM_API_URL=http://127.0.0.1:4002 \
#     PUBLIC_URL=http://127.0.0.1:3000 npm run dev              # in another
#   ADMIN_TOKEN=a-token-of-24-letters-or-more scripts/drive.sh  # in a third
#
# SERVICE and SANDBOX name other addresses, WEBCRM_TOKEN another application token. Node picks values out of JSON: nothing else is needed.
set -euo pipefail

SERVICE=${SERVICE:-http://127.0.0.1:3000}
SANDBOX=${SANDBOX:-http://127.0.0.1:4000}
WEBCRM_TOKEN=${WEBCRM_TOKEN:-11111111-2222-4333-8444-555555555555}
: "${ADMIN_TOKEN:?is not set}"

step() { printf '\n== %s\n' "$*"; }
# pick EXPRESSION: the value of a JavaScript expression on the JSON of standard input, called `it`.
pick() { node -e 'const it=JSON.parse(require("fs").readFileSync(0,"utf8"));const v=eval(process.argv[1]);console.log(typeof v==="object"?JSON.stringify(v):v)' "$1"; }
# api METHOD PATH [BODY]: asks the service; fails with the problem document when refused.
api() {
  curl -sS --fail-with-body -X "$1" "$SERVICE/api$2" -H "Authorization: Bearer $ADMIN_TOKEN" \
    ${3:+-H 'Content-Type: application/json' --data "$3"}
}
# person METHOD PATH [BODY]: what people do in the vendors' own programs; the sandbox plays them.
person() {
  curl -sS --fail-with-body -X "$1" "$SANDBOX/control$2" ${3:+-H 'Content-Type: application/json' --data "$3"}
}
# until EXPRESSION PATH: asks until the expression holds, a minute at most; prints the answer.
until_true() {
  local answer
  for _ in $(seq 1 120); do
    answer=$(api GET "$2")
    if [ "$(pick "$1" <<<"$answer")" = true ]; then printf '%s' "$answer"; return; fi
    sleep 0.5
  done
  printf 'Not within a minute: %s of %s\n%s\n' "$1" "$2" "$answer" >&2
  exit 1
}

step 'A tenant'
T=$(api POST /tenants '{"name":"Exempel AB"}' | pick 'it.tenant.id')
echo "tenant $T"

step 'Settings: which Types go to Fortnox, and where numbers are shown'
api PATCH "/tenants/$T/settings" '{
  "types": [{"type":"Customer","kind":"company"}, {"type":"Private Customer","kind":"private"}],
  "customFields": {"customerNumber":"OrganisationCustom1","organisationNumber":"OrganisationCustom2","email":"OrganisationCustom3"},
  "reconcile": {"hour":null,"cycleDays":7}
}' | pick '"customer number in " + it.customFields.customerNumber'

step 'Credentials of webCRM'
api PUT "/tenants/$T/credentials/webcrm" "{\"applicationToken\":\"$WEBCRM_TOKEN\"}"
api GET "/tenants/$T/credentials" | pick 'it.items.map(one => one.name).join(", ")'

step "Fortnox: a person of the company signs in and consents"
URL=$(api POST "/tenants/$T/fortnox/authorize" '{"account":"service"}' | pick 'it.url')
curl -sS --fail-with-body -o /dev/null "$URL"
BACK=$(curl -sS --fail-with-body -o /dev/null -w '%{redirect_url}' -X POST "$URL" --data 'decision=approve')
curl -sS --fail-with-body "$BACK" | grep -o '<code>.*</code>'

step 'Check, then connect'
api POST "/tenants/$T/check" | pick 'it.items.map(one => `${one.level}: ${one.message}`).join("\n")'
api POST "/tenants/$T/connect" | pick 'it.tenant.state'

step 'Dry run: what an import would do'
I=$(api POST "/tenants/$T/imports" '{"kinds":["article","customer"],"direction":"both","dryRun":true}' | pick 'it.id')
until_true 'it.state === "ready"' "/tenants/$T/imports/$I" | pick 'it.counts'
api GET "/tenants/$T/imports/$I/records?outcome=create-in-webcrm&limit=3" | pick 'it.items.map(one => `would create ${one.kind} ${one.name}`).join("\n")'

step 'Import'
api POST "/tenants/$T/imports/$I/start" >/dev/null
until_true 'it.state === "done"' "/tenants/$T/imports/$I" | pick '`${it.done} of ${it.total} done, ${it.dead} failed`'

step 'A failure: Fortnox refuses a new customer'
person POST /fortnox/fail '{"method":"POST","path":"/3/customers","status":400,"times":1,"body":"{\"ErrorInformation\":{\"error\":1,\"message\":\"Ogiltig parameter i anropet.\",\"code\":2000588}}"}'
ORGANISATION=$(person POST /webcrm/organisations '{"OrganisationName":"Kanarie Karin","OrganisationType":"Private Customer","OrganisationTelephone":"070-5559911"}' | pick 'it.id')
until_true 'it.items.length === 1' "/tenants/$T/jobs?state=dead" | pick 'it.items.map(one => `${one.key}: ${one.lastError.message}`).join("\n")'

step 'Explain: why is it not in Fortnox?'
api GET "/tenants/$T/explain?entity=customer&side=webcrm&id=$ORGANISATION" | pick 'JSON.stringify(it).slice(0, 300)'

step 'Retry'
api POST "/tenants/$T/jobs/retry" '{}' | pick '`${it.retried} retried`'
until_true 'it.items.some(one => one.action === "created")' "/tenants/$T/activity?webcrmId=$ORGANISATION&entity=customer" |
  pick 'it.items.filter(one => one.action === "created").map(one => one.message).join("\n")'

step "Erase the person"
api GET "/tenants/$T/persons/webcrm/$ORGANISATION" | pick '`kept: ${it.pairs.length} pair, ${it.activity.length} lines`'
until_true 'it.jobs.length === 0' "/tenants/$T/persons/webcrm/$ORGANISATION" >/dev/null
api DELETE "/tenants/$T/persons/webcrm/$ORGANISATION" | pick '`erased: ${it.pairs} pair, ${it.activity} lines`'
api GET "/tenants/$T/persons/webcrm/$ORGANISATION" | pick '`kept: ${it.pairs.length} pairs, ${it.activity.length} lines`'

step 'Done'
