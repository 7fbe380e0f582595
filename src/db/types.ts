// Generated from the migrations by scripts/generate-types.mjs; npm run check compares it.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** Written as JSON text, read as the parsed value. */
type Json = ColumnType<unknown, string, string>
type JsonDefault = ColumnType<unknown, string | undefined, string>
type JsonOrNull = ColumnType<unknown, string | null | undefined, string | null>

export interface EventTable {
  id: GeneratedAlways<number>
  at: Date
  actor_kind: 'agent' | 'user' | 'guest' | 'token' | 'system'
  actor_id: number | null
  request_id: string | null
  address: string | null
  verb: string
  subject_kind: string
  subject_id: number
  data: Json
  facts: Json
}

export interface EventPersonalTable {
  event_id: number
  personal: Json
}

export interface SubmissionTable {
  scope: string
  key: string
  answer: JsonOrNull
  created_at: Date
}

export interface RateLimitTable {
  key: string
  started_at: Date
  count: number
}

export interface SettingTable {
  key: string
  value: Json
  updated_at: Date
  updated_by: number | null
}

export interface OrganizationTable {
  id: GeneratedAlways<number>
  name: string
  domains: Generated<string[]>
  notes: Generated<string>
  created_at: Date
  archived_at: Date | null
}

export interface EndUserTable {
  id: GeneratedAlways<number>
  name: string
  address: string
  organization_id: number | null
  locale: string | null
  time_zone: string | null
  password_hash: string | null
  verified_at: Date | null
  blocked_at: Date | null
  created_at: Date
  phone: string | null
}

export interface EndUserAddressTable {
  address: string
  end_user_id: number
  undeliverable_at: Date | null
  created_at: Date
  undeliverable_reason: string | null
}

export interface AgentTable {
  id: GeneratedAlways<number>
  email: string
  name: string
  password_hash: string | null
  is_administrator: Generated<boolean>
  sees_all_tickets: Generated<boolean>
  signature: Generated<string>
  locale: string | null
  time_zone: string | null
  alert_mail: Generated<boolean>
  preferences: JsonDefault
  away_until: Date | null
  last_seen_at: Date | null
  created_at: Date
  archived_at: Date | null
}

export interface DepartmentTable {
  id: GeneratedAlways<number>
  name: string
  is_public: Generated<boolean>
  manager_id: number | null
  signature: Generated<string>
  position: Generated<number>
  created_at: Date
  archived_at: Date | null
}

export interface TeamTable {
  id: GeneratedAlways<number>
  name: string
  lead_id: number | null
  created_at: Date
  archived_at: Date | null
}

export interface TeamMemberTable {
  team_id: number
  agent_id: number
}

export interface BannedAddressTable {
  address: string
  reason: Generated<string>
  created_at: Date
  id: GeneratedAlways<number>
  kind: Generated<'address' | 'domain' | 'pattern'>
  created_by: number | null
  hits: Generated<number>
  last_hit_at: Date | null
}

export interface RoleTable {
  id: GeneratedAlways<number>
  key: string | null
  name: string
  permissions: string[]
  position: Generated<number>
  created_at: Date
  archived_at: Date | null
}

export interface DepartmentGrantTable {
  agent_id: number
  department_id: number
  role_id: number
}

export interface SessionTable {
  id: GeneratedAlways<number>
  token_hash: string
  agent_id: number | null
  end_user_id: number | null
  grants: JsonDefault
  created_at: Date
  last_used_at: Date
  expires_at: Date
  address: Generated<string>
  user_agent: Generated<string>
}

export interface OneTimeTokenTable {
  id: GeneratedAlways<number>
  token_hash: string
  purpose: 'setup' | 'invite' | 'reset' | 'sign-in' | 'confirm' | 'ticket'
  agent_id: number | null
  end_user_id: number | null
  ticket_id: number | null
  data: JsonDefault
  created_at: Date
  expires_at: Date
  used_at: Date | null
  revoked_at: Date | null
}

export interface ApiTokenTable {
  id: GeneratedAlways<number>
  token_hash: string
  kind: 'rest' | 'osticket'
  name: string
  agent_id: number | null
  scopes: string[]
  allowed_address: string | null
  is_enabled: Generated<boolean>
  created_at: Date
  last_used_at: Date | null
  expires_at: Date | null
  revoked_at: Date | null
}

export interface StatusTable {
  id: GeneratedAlways<number>
  key: string | null
  name: string
  state: 'open' | 'on_hold' | 'resolved' | 'closed'
  asks_reason: Generated<boolean>
  position: number
  created_at: Date
  archived_at: Date | null
}

export interface PriorityTable {
  id: GeneratedAlways<number>
  key: string | null
  name: string
  urgency: number
  is_default: Generated<boolean>
  created_at: Date
  archived_at: Date | null
}

export interface TicketNumberTable {
  number: string
  ticket_id: number | null
  is_alias: Generated<boolean>
}

export interface MailTemplateTable {
  key: string
  locale: string
  subject: string
  body: string
  updated_at: Date
  updated_by: number | null
  department_id: number | null
}

export interface MailboxTable {
  id: GeneratedAlways<number>
  address: string
  name: string
  department_id: number
  is_active: Generated<boolean>
  imap: JsonOrNull
  imap_secret: string | null
  smtp: JsonOrNull
  smtp_secret: string | null
  take_from: Date | null
  uid_validity: number | null
  last_uid: number | null
  last_polled_at: Date | null
  last_error: string | null
  last_error_at: Date | null
  created_at: Date
  archived_at: Date | null
  graph: JsonOrNull
  graph_cursor: string | null
  waiting_mails: Generated<number>
  oldest_waiting_at: Date | null
  silent_after_hours: number | null
  silence_told_at: Date | null
  from_name: 'agent_at_desk' | 'agent' | 'department' | 'desk' | null
  reply_to: string | null
  messages_per_minute: number | null
  connections: Generated<number>
}

export interface InboundMessageTable {
  id: GeneratedAlways<number>
  channel: string
  source_key: string
  mailbox_id: number | null
  blob: string
  size: number
  envelope: JsonDefault
  received_at: Date
  state: 'received' | 'posted' | 'duplicate' | 'parked' | 'skipped'
  reason: JsonOrNull
  verdict: string | null
  summary: JsonOrNull
  message_id: string | null
  fingerprint: string | null
  ticket_id: number | null
  entry_id: number | null
  processed_at: Date | null
  verdict_reason: JsonOrNull
}

export interface OutboundMessageTable {
  id: GeneratedAlways<number>
  channel: string
  mailbox_id: number | null
  kind: 'reply' | 'forward' | 'autoresponse' | 'alert' | 'link' | 'account' | 'notice'
  ticket_id: number | null
  entry_id: number | null
  message_id: string
  content: Json
  recipient: string
  state: 'waiting' | 'sending' | 'sent' | 'failed' | 'held' | 'withdrawn'
  sends_at: Date
  lease_until: Date | null
  attempts: Generated<number>
  failure: string | null
  last_error: string | null
  response: string | null
  sent_at: Date | null
  created_at: Date
  remaining: string[] | null
  refused: Generated<string[]>
  interruptions: Generated<number>
  resend_of: number | null
}

export interface ThreadTable {
  id: GeneratedAlways<number>
  owner_kind: string
  created_at: Date
}

export interface ThreadEntryTable {
  id: GeneratedAlways<number>
  thread_id: number
  kind: 'message' | 'response' | 'note'
  channel: 'email' | 'web' | 'api' | 'phone' | 'agent'
  author_kind: 'agent' | 'user' | 'system'
  author_id: number | null
  author_name: string
  author_address: string | null
  body_text: string
  body_html: string | null
  visible_text: string | null
  visible_html: string | null
  recipients: JsonOrNull
  verdict: 'verified' | 'internal' | 'not_verified' | 'failed' | null
  is_flagged: Generated<boolean>
  inbound_message_id: number | null
  created_at: Date
  released_at: Date | null
  sends_at: Date | null
  status_on_release: number | null
  deleted_at: Date | null
  side: 'forward' | 'third_party' | null
  origin_thread_id: number | null
}

export interface MessageReferenceTable {
  message_id: string
  thread_id: number
  entry_id: number | null
}

export interface DraftTable {
  id: GeneratedAlways<number>
  agent_id: number
  thread_id: number
  kind: 'response' | 'note' | 'forward'
  body_html: string
  recipients: JsonOrNull
  revision: Generated<number>
  updated_at: Date
}

export interface CollaboratorTable {
  thread_id: number
  end_user_id: number
  added_at: Date
  added_by: Generated<string>
  pending_at: Date | null
}

export interface AttachmentTable {
  id: GeneratedAlways<number>
  owner_kind: string
  owner_id: number
  blob: string
  name: string
  content_type: string
  size: number
  content_id: string | null
  is_inline: Generated<boolean>
  created_at: Date
}

export interface HelpTopicTable {
  id: GeneratedAlways<number>
  name: string
  department_id: number | null
  priority_id: number | null
  is_public: Generated<boolean>
  is_default: Generated<boolean>
  position: Generated<number>
  created_at: Date
  archived_at: Date | null
}

export interface TicketTable {
  id: GeneratedAlways<number>
  number: string
  thread_id: number
  subject: string
  preview: Generated<string>
  requester_id: number
  department_id: number
  help_topic_id: number | null
  status_id: number
  state: 'open' | 'on_hold' | 'resolved' | 'closed'
  priority_id: number
  urgency: number
  assignee_id: number | null
  team_id: number | null
  channel: 'email' | 'web' | 'api' | 'phone' | 'agent'
  mailbox_id: number | null
  place: Generated<'desk' | 'spam' | 'trash'>
  created_at: Date
  updated_at: Date
  waiting_since: Date | null
  last_message_at: Date | null
  last_response_at: Date | null
  first_response_at: Date | null
  due_at: Date | null
  due_kind: 'first_response' | 'next_response' | null
  status_reason: string | null
  resolved_at: Date | null
  closed_at: Date | null
  reopened_at: Date | null
  last_entry_id: number | null
  continues_id: number | null
  deleted_at: Date | null
  referred_to: Generated<number[]>
  reminded_at: Date | null
  snoozed_until: Date | null
  snoozed_by: number | null
  pinned_entry_id: number | null
  merged_into_id: number | null
  parent_id: number | null
  placed_at: Date | null
}

export interface TicketSeenTable {
  agent_id: number
  ticket_id: number
  entry_id: number
}

export interface SearchDocumentTable {
  kind: string
  id: number
  public_tokens: string
  internal_tokens: string | null
  at: Date
}

export interface PresenceTable {
  agent_id: number
  ticket_id: number
  doing: 'viewing' | 'replying'
  seen_at: Date
}

export interface NotificationTable {
  id: GeneratedAlways<number>
  agent_id: number
  event_id: number
  kind: string
  ticket_id: number | null
  created_at: Date
  read_at: Date | null
  mailed_at: Date | null
}

export interface MailboxGrantTable {
  mailbox_id: number
  settings: Json
  client_secret: string | null
  secret_expires_on: string | null
  secret_warned_days: number | null
  refresh_token: string | null
  access_token: string | null
  access_expires_at: Date | null
  lease_until: Date | null
  signed_in_at: Date | null
  refused_at: Date | null
  refusal: JsonOrNull
  checked_at: Date | null
  pending: string | null
  pending_until: Date | null
}

export interface Pop3LeftTable {
  mailbox_id: number
  place: string
  uidl: string
}

export interface KnownSenderTable {
  address: string
  standing: 'trusted' | 'spam'
  created_by: number | null
  created_at: Date
}

export interface MailFuseTable {
  id: GeneratedAlways<number>
  kind: 'subject' | 'sender' | 'domain'
  value: string
  window_started_at: Date
  count: number
  last_at: Date
  blown_at: Date | null
}

export interface SigningKeyTable {
  id: GeneratedAlways<number>
  domain: string
  selector: string
  private_sealed: string
  public_key: string
  created_by: number | null
  created_at: Date
  checked_at: Date | null
  check_result: 'published' | 'absent' | 'other' | 'unreachable' | null
  published_at: Date | null
}

export interface ImportedThreadTable {
  source: 'osticket'
  source_id: number
  thread_id: number
}

export interface TicketReferralTable {
  ticket_id: number
  department_id: number
  referred_at: Date
  referred_by: number | null
}

export interface TicketFilterTable {
  id: GeneratedAlways<number>
  key: string | null
  name: string
  position: number
  is_on: Generated<boolean>
  needs: 'all' | 'any'
  criteria: Json
  actions: Json
  stops: Generated<boolean>
  created_at: Date
}

export interface ThirdPartyTable {
  thread_id: number
  address: string
  name: Generated<string>
  added_at: Date
}

export interface OutboundAttemptTable {
  id: GeneratedAlways<number>
  message_id: number
  at: Date
  state: string
  failure: string | null
  answer: string | null
}

export interface NotificationRuleTable {
  scope_kind: 'desk' | 'department' | 'topic' | 'agent' | 'person'
  scope_id: number
  kind: string
  recipient: string
  setting: 'off' | 'app' | 'mail'
  updated_at: Date
  updated_by: number | null
}

export interface DigestTable {
  agent_id: number
  is_on: boolean
  at_hour: number
  last_on: string | null
  last_at: Date | null
}

export interface TagTable {
  id: GeneratedAlways<number>
  name: string
  colour: Generated<'neutral' | 'accent' | 'danger' | 'warning' | 'success' | 'info'>
  created_at: Date
  archived_at: Date | null
}

export interface TicketTagTable {
  ticket_id: number
  tag_id: number
}

export interface TicketFollowerTable {
  ticket_id: number
  agent_id: number
  since: Date
}

export interface TicketMentionTable {
  entry_id: number
  agent_id: number
  ticket_id: number
  at: Date
  done_at: Date | null
}

export interface TicketLinkTable {
  ticket_id: number
  other_id: number
  kind: 'related' | 'split'
  created_at: Date
}

export interface TicketMergeTable {
  id: GeneratedAlways<number>
  target_id: number
  source_id: number
  at: Date
  moved: Json
  undone_at: Date | null
}

export interface BulkRunTable {
  id: GeneratedAlways<number>
  agent_id: number
  act: Json
  targets: number[]
  position: Generated<number>
  changed: Generated<number>
  refused: JsonDefault
  events: Generated<number[]>
  created_at: Date
  finished_at: Date | null
}

export interface CannedResponseTable {
  id: GeneratedAlways<number>
  name: string
  body: string
  locale: string | null
  departments: Generated<number[]>
  position: Generated<number>
  used_count: Generated<number>
  last_used_at: Date | null
  archived_at: Date | null
  created_at: Date
}

export interface AgentStepTable {
  agent_id: number
  step: 'canned' | 'undo' | 'assign' | 'why' | 'as_customer' | 'dismissed'
  done_at: Date
}

export interface Database {
  event: EventTable
  event_personal: EventPersonalTable
  submission: SubmissionTable
  rate_limit: RateLimitTable
  setting: SettingTable
  organization: OrganizationTable
  end_user: EndUserTable
  end_user_address: EndUserAddressTable
  agent: AgentTable
  department: DepartmentTable
  team: TeamTable
  team_member: TeamMemberTable
  banned_address: BannedAddressTable
  role: RoleTable
  department_grant: DepartmentGrantTable
  session: SessionTable
  one_time_token: OneTimeTokenTable
  api_token: ApiTokenTable
  status: StatusTable
  priority: PriorityTable
  ticket_number: TicketNumberTable
  mail_template: MailTemplateTable
  mailbox: MailboxTable
  inbound_message: InboundMessageTable
  outbound_message: OutboundMessageTable
  thread: ThreadTable
  thread_entry: ThreadEntryTable
  message_reference: MessageReferenceTable
  draft: DraftTable
  collaborator: CollaboratorTable
  attachment: AttachmentTable
  help_topic: HelpTopicTable
  ticket: TicketTable
  ticket_seen: TicketSeenTable
  search_document: SearchDocumentTable
  presence: PresenceTable
  notification: NotificationTable
  mailbox_grant: MailboxGrantTable
  pop3_left: Pop3LeftTable
  known_sender: KnownSenderTable
  mail_fuse: MailFuseTable
  signing_key: SigningKeyTable
  imported_thread: ImportedThreadTable
  ticket_referral: TicketReferralTable
  ticket_filter: TicketFilterTable
  third_party: ThirdPartyTable
  outbound_attempt: OutboundAttemptTable
  notification_rule: NotificationRuleTable
  digest: DigestTable
  tag: TagTable
  ticket_tag: TicketTagTable
  ticket_follower: TicketFollowerTable
  ticket_mention: TicketMentionTable
  ticket_link: TicketLinkTable
  ticket_merge: TicketMergeTable
  bulk_run: BulkRunTable
  canned_response: CannedResponseTable
  agent_step: AgentStepTable
}
