/** Why a tenant's changes in Fortnox are found by the poll alone, in words for administrators. */
export const POLL_REASONS = {
  'stream-off': 'The stream is switched off: FORTNOX_STREAM_URL is empty, or FORTNOX_API_URL names another system.',
  'stream-down': 'There is no connection to the stream at the moment; it is tried again at least once a minute.',
  'stream-refused': "Fortnox's stream accepts nobody: check FORTNOX_CLIENT_SECRET. It is tried again every minute.",
  'not-connected': 'The tenant is not connected, or paused.',
  'being-added': 'The tenant is being added to the stream; within a minute as a rule.',
  'token-missing': 'There is no valid access token at the moment: see the connection check. It is tried again.',
  'token-refused': "Fortnox's stream refused the tenant's access token, also a new one. It is tried again.",
  'tenant-refused': "Fortnox's stream refused the tenant without a reason. It is tried again.",
  'other-company': 'The token belongs to another Fortnox company than the one that was checked: connect Fortnox again.',
} as const;
export type PollReason = keyof typeof POLL_REASONS;

/** How a tenant's changes in Fortnox become known. The poll goes on beside the stream, as the safety net. */
export type StreamState =
  | { readonly notifications: 'stream'; readonly reason: null; readonly message: null }
  | { readonly notifications: 'poll'; readonly reason: PollReason; readonly message: string };

export const STREAMED: StreamState = { notifications: 'stream', reason: null, message: null };
export const polled = (reason: PollReason): StreamState => ({
  notifications: 'poll',
  reason,
  message: POLL_REASONS[reason],
});
