/** A piece of code to copy: it reads the token from the environment, and so holds no secret. */
export interface Snippet {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/**
 * How to fetch everything of a grant, ready to copy.
 * @param publicUrl of this broker; @param grantId of a grant of files.
 */
export function snippetsFor(publicUrl: string, grantId: string): readonly Snippet[] {
  const grant = `${publicUrl}/api/v1/grants/${grantId}`;
  return [
    {
      id: 'snippet-concordat',
      title: 'concordat, on the command line',
      text: `concordat login ${publicUrl}\nconcordat get ${grantId}\n`,
    },
    { id: 'snippet-curl', title: 'curl', text: curl(grant) },
    { id: 'snippet-python', title: 'Python', text: python(grant) },
    { id: 'snippet-r', title: 'R', text: r(grant) },
  ];
}

const curl = (
  grant: string,
): string => `# CONCORDAT_TOKEN is a personal token: make one on the page "Tokens".
TOKEN=$(curl -sf -X POST -H "Authorization: Bearer $CONCORDAT_TOKEN" ${grant}/token | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
curl -sf -H "Authorization: Bearer $TOKEN" -H 'Accept: application/x-ndjson' ${grant}/objects |
  sed -n 's/.*"url":"\\([^"]*\\)".*/\\1/p' |
  while read -r url; do curl -sfL -O -H "Authorization: Bearer $TOKEN" "$url"; done
`;

const python = (
  grant: string,
): string => `# CONCORDAT_TOKEN is a personal token: make one on the page "Tokens".
import json, os, pathlib, shutil, urllib.request

def ask(url, token, **more):
    return urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": "Bearer " + token}, **more))

grant = "${grant}"
token = json.load(ask(grant + "/token", os.environ["CONCORDAT_TOKEN"], method="POST"))["token"]
page = "/objects"
while page:
    listed = json.load(ask(grant + page, token))
    for item in listed["objects"]:
        target = pathlib.Path("data", item["name"])
        target.parent.mkdir(parents=True, exist_ok=True)
        with ask(item["url"], token) as body, open(target, "wb") as file:
            shutil.copyfileobj(body, file)
    page = listed["nextPageToken"] and "/objects?pageToken=" + listed["nextPageToken"]
`;

const r = (
  grant: string,
): string => `# CONCORDAT_TOKEN is a personal token: make one on the page "Tokens".
library(httr2)
grant <- "${grant}"
token <- request(paste0(grant, "/token")) |>
  req_auth_bearer_token(Sys.getenv("CONCORDAT_TOKEN")) |>
  req_method("POST") |> req_perform() |> resp_body_json() |> getElement("token")
listed <- request(paste0(grant, "/objects")) |>
  req_auth_bearer_token(token) |> req_perform() |> resp_body_json()
for (item in listed$objects) {
  dir.create(dirname(item$name), recursive = TRUE, showWarnings = FALSE)
  request(item$url) |> req_auth_bearer_token(token) |> req_perform(path = item$name)
}
`;
