/** Where the records of each listing come from, as an auditor would ask for them. `{org}` is the organization. */
export const sources: Readonly<Record<string, string>> = {
  members: 'GET /v2/orgs/{org}/members?page_size=100, every page',
  invites: 'GET /v2/orgs/{org}/invites',
  teams: 'GET /v2/orgs/{org}/groups?page_size=100, every page',
  team_members:
    'GET /v2/orgs/{org}/groups/{team}/members?page_size=100, every page, where the members do not settle it',
  repositories: 'GET /v2/namespaces/{org}/repositories?page_size=100, every page',
  repository_teams: 'GET /v2/repositories/{org}/{repository}/groups?page_size=100, every page',
  tokens: 'GET /v2/orgs/{org}/access-tokens?page_size=100, every page, and each token by its id',
  image_access: 'GET /v2/orgs/{org}/settings',
  registry_access: 'GET /v2/orgs/{org}/settings/registry-access-management',
  audit_log: 'GET /v2/auditlogs/{org}?page_size=100, every page',
  scim_users: 'GET {scim}/Users?count=100&sortBy=userName, every page',
};
