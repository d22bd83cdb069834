import type { Right } from '../../app/may'

export interface Part {
  path: string
  text: string
  about: string
  /** Who may open it; everybody without it. */
  needs?: Right
}

/** The pages of the administration, in groups. */
export const groups: { title: string; parts: Part[] }[] = [
  {
    title: 'Accounts',
    parts: [
      { path: 'accounts', text: 'Accounts and profiles', about: 'Every partner account with its company name and its sales team.' },
      { path: 'solutions', text: 'Solutions', about: 'What an account sells. Opportunities are associated with solutions.' },
      { path: 'features', text: 'Features', about: 'Searches and bulk jobs can be switched off for an account.' },
    ],
  },
  {
    title: 'Access',
    parts: [
      { path: 'users', text: 'Users and access keys', about: 'Who signs requests for the acting account, with which keys and policies.' },
      { path: 'groups', text: 'Groups', about: 'Users with the same policies.' },
      { path: 'roles', text: 'Roles', about: 'Who may assume a role, and what its sessions may do.' },
      { path: 'policies', text: 'Policies', about: 'AWS\'s managed policies, and what the development key of the account is held to.' },
      { path: 'simulator', text: 'Policy simulator', about: 'Whether a user or role may call an operation, and which statement decides.' },
      { path: 'operators', text: 'Operator tokens', about: 'Who may use this console and the operator API, and in which role.', needs: 'administer' },
      { path: 'audit', text: 'Audit log', about: 'What callers and operators did, chained so that a change shows.', needs: 'audit' },
    ],
  },
  {
    title: 'Testing',
    parts: [
      { path: 'faults', text: 'Faults', about: 'Errors, slow answers and broken connections on purpose, to test clients.', needs: 'server' },
      { path: 'fixtures', text: 'Fixtures', about: 'Loads a file of records through the real rules.', needs: 'administer' },
      { path: 'quotas', text: 'Quotas', about: 'How many requests an account may send before it is throttled.' },
    ],
  },
  {
    title: 'Server',
    parts: [
      { path: 'storage', text: 'Storage and retention', about: 'What the store holds, and when old rows are removed.', needs: 'server' },
      { path: 'work', text: 'Background work', about: 'What is due when: expiry, snapshots, reviews by policy.', needs: 'server' },
      { path: 'data', text: 'Export, import, backup', about: 'Everything in one file, and back. A test server can be reset.', needs: 'administer' },
    ],
  },
]

export const allParts = groups.flatMap((g) => g.parts)
