const ROLES: Readonly<Record<string, string>> = {
  data_owner: 'Data owner',
  signatory: 'Signatory',
  dpo: 'Data protection officer',
  researcher: 'Researcher',
  ig_officer: 'Information governance officer',
  platform_admin: 'Platform administrator',
};

/** What a role is called. */
export function roleInWords(role: string): string {
  return ROLES[role] ?? role.replaceAll('_', ' ');
}
