import { FilterActions, type FilterCriterion } from './filters.ts'

interface Shipped {
  key: string
  name: string
  isOn: boolean
  needs: 'all' | 'any'
  criteria: FilterCriterion[]
  actions: FilterActions
}

const actions = (set: Partial<FilterActions>): FilterActions => FilterActions.parse(set)

/** What a new desk ships with. Spam and failed checks are policies of suspended mail, not filters. `high` is the id of that priority. */
export const shippedFilters = (high: number): Shipped[] => [
  {
    key: 'no_reply',
    name: 'No answer to no-reply senders',
    isOn: true,
    needs: 'any',
    criteria: [
      { field: 'sender', header: '', test: 'starts_with', value: 'noreply, no-reply, no_reply, donotreply, do-not-reply' },
    ],
    actions: actions({ noAutoresponse: true }),
  },
  {
    key: 'monitoring',
    name: 'Monitoring mail within an hour is one ticket',
    isOn: true,
    needs: 'any',
    criteria: [
      {
        field: 'sender',
        header: '',
        test: 'contains',
        value: 'nagios, zabbix, icinga, prometheus, alertmanager, grafana, monitoring, uptime, pagerduty, checkmk, prtg',
      },
      { field: 'header', header: 'auto-submitted', test: 'starts_with', value: 'auto-generated' },
    ],
    actions: actions({ sameTicketMinutes: 60 }),
  },
  {
    key: 'invoices',
    name: 'Example: invoice words',
    isOn: false,
    needs: 'any',
    criteria: [{ field: 'subject', header: '', test: 'contains', value: 'invoice, rechnung, facture, factura, receipt' }],
    actions: actions({}),
  },
  {
    key: 'key_customer',
    name: 'Example: key customer is urgent',
    isOn: false,
    needs: 'any',
    criteria: [{ field: 'sender', header: '', test: 'ends_with', value: '@key-customer.example' }],
    actions: actions({ priority: high }),
  },
]
