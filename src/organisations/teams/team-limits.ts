/** Of an organisation. */
export const MAX_TEAMS = 100;
/** Of a team. */
export const MAX_TEAM_MEMBERS = 200;
