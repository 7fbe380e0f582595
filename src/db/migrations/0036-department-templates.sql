-- A department may have words of its own; null: the desk's.
alter table mail_template drop constraint mail_template_pkey;
alter table mail_template add column department_id bigint references department;
create unique index mail_template_once on mail_template (key, locale, department_id) nulls not distinct;
