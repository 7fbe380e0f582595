-- Keys that outgoing mail is signed with (DKIM), one a domain. A key signs once its record was found in the DNS.
create table signing_key (
  id bigint generated always as identity primary key,
  domain text not null unique check (domain = lower(domain)),
  selector text not null,
  -- PKCS #8 in PEM, sealed with the site key.
  private_sealed text not null,
  -- SubjectPublicKeyInfo in DER, base64: what the record publishes.
  public_key text not null,
  created_by bigint references agent,
  created_at timestamptz(3) not null,
  checked_at timestamptz(3),
  -- What the last check found: published, absent, other (another key), or unreachable.
  check_result text check (check_result in ('published', 'absent', 'other', 'unreachable')),
  published_at timestamptz(3)
);
