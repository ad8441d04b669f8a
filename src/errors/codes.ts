/**
 * What the queue does with a job that ended in an error:
 * `retryable` backs off and tries again; `throttled` waits as told and never counts as an attempt; `auth` pauses the
 * tenant and says so; `refused` needs a change of data and is kept as failed; `frozen` is planned anew; `never` is an
 * answer to an API caller and no job's matter.
 */
export type RetryClass = 'retryable' | 'throttled' | 'auth' | 'refused' | 'frozen' | 'never';

interface ErrorKind {
  readonly status: number;
  readonly retry: RetryClass;
  readonly title: string;
}

/** Every error code of the service, once. The codes are part of the API: they are never renamed. */
export const ERROR_CODES = {
  'vendor-unreachable': { status: 502, retry: 'retryable', title: 'The vendor could not be reached' },
  'vendor-failed': { status: 502, retry: 'retryable', title: 'The vendor answered with a failure of its own' },
  'vendor-answer-unreadable': { status: 502, retry: 'retryable', title: 'The vendor answered in an unknown form' },
  'vendor-throttled': { status: 503, retry: 'throttled', title: 'The vendor asked us to wait' },
  'vendor-auth': { status: 502, retry: 'auth', title: 'The vendor no longer accepts our credentials' },
  'reconnect-needed': { status: 409, retry: 'auth', title: 'The connection must be made again' },
  'credentials-missing': { status: 409, retry: 'auth', title: 'Credentials are missing' },
  'licence-missing': { status: 409, retry: 'auth', title: 'A licence or permission is missing at the vendor' },
  'vendor-refused': { status: 422, retry: 'refused', title: 'The vendor refused the data' },
  'number-taken': { status: 422, retry: 'refused', title: 'The customer number is already used' },
  'write-repeats': { status: 409, retry: 'refused', title: 'What is written does not stay' },
  'partial-put-unsafe': { status: 409, retry: 'refused', title: 'webCRM cleared fields that were not sent' },
  'store-busy': { status: 503, retry: 'retryable', title: 'The store is busy' },
  'store-failed': { status: 503, retry: 'retryable', title: 'The store failed' },
  overloaded: { status: 503, retry: 'retryable', title: 'More arrives than can be stored' },
  'store-duplicate': { status: 409, retry: 'retryable', title: 'A record with this key exists already' },
  'version-changed': { status: 409, retry: 'retryable', title: 'Somebody else changed it meanwhile' },
  stopping: { status: 503, retry: 'throttled', title: 'The service is stopping' },
  'not-owner': { status: 503, retry: 'throttled', title: 'Another instance works on this tenant' },
  'tenant-paused': { status: 409, retry: 'throttled', title: 'The tenant is paused' },
  'direction-paused': { status: 409, retry: 'throttled', title: 'This direction is paused' },
  'owner-silent': { status: 504, retry: 'never', title: 'The instance that works on this tenant gave no answer' },
  'worn-out': { status: 500, retry: 'refused', title: 'The job was begun too often without an end' },
  'record-busy': { status: 409, retry: 'throttled', title: 'Another job works on this record' },
  'invalid-body': { status: 400, retry: 'never', title: 'The request is not valid' },
  'invalid-settings': { status: 422, retry: 'never', title: 'The settings are not valid' },
  'precondition-failed': { status: 412, retry: 'never', title: 'It was changed meanwhile' },
  'hooks-left': { status: 409, retry: 'never', title: 'Hooks of ours are left at webCRM' },
  unauthorised: { status: 401, retry: 'never', title: 'A valid token is needed' },
  forbidden: { status: 403, retry: 'never', title: 'The token does not allow this' },
  'authorisation-denied': { status: 403, retry: 'never', title: 'The consent was declined' },
  'authorisation-expired': { status: 400, retry: 'never', title: 'The sign-in is no longer good' },
  'authorisation-failed': { status: 422, retry: 'never', title: 'The vendor did not authorise us' },
  'credentials-refused': { status: 422, retry: 'never', title: 'The vendor does not accept these credentials' },
  'another-company': { status: 409, retry: 'never', title: 'It is another company' },
  'cross-site': { status: 403, retry: 'never', title: 'The request did not come from the console' },
  'bad-signature': { status: 401, retry: 'never', title: 'The signature is not valid' },
  'not-found': { status: 404, retry: 'never', title: 'Not found' },
  'body-too-large': { status: 413, retry: 'never', title: 'The body is too large' },
  'headers-too-large': { status: 431, retry: 'never', title: 'The headers are too large' },
  'request-too-slow': { status: 408, retry: 'never', title: 'The request took too long to arrive' },
  'not-json': { status: 415, retry: 'never', title: 'JSON is expected' },
  'idempotency-key-used': { status: 422, retry: 'never', title: 'The idempotency key was used for another request' },
  'too-many-requests': { status: 429, retry: 'never', title: 'Too many requests' },
  'too-many-streams': { status: 429, retry: 'never', title: 'Too many live streams' },
  conflict: { status: 409, retry: 'never', title: 'The request does not fit the present state' },
  internal: { status: 500, retry: 'retryable', title: 'An error on our side' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_CODES;
