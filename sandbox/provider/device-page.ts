/** The pages of a sign-in by code: what they ask, and the provider's own form. @param form HTML of the provider's making. */
export function devicePage(question: string, form: string, action: string): string {
  const button =
    action === '' ? '' : `<button type="submit" form="op.deviceInputForm">${action}</button>`;
  const confirm = button.replace('op.deviceInputForm', 'op.deviceConfirmForm');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to the sandbox</title></head>
<body><main><h1>${escape(question)}</h1>${form}${action === 'Yes' ? confirm : button}</main></body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
