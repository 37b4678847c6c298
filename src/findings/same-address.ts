/**
 * SQL for every form under which one address may stand elsewhere, as rows of one column: as it is, without its `+tag`, and
 * with the domain that its own stands for. `text` is an expression in lower case; null has no forms.
 *
 * @param aliases the parameter with the domains that stand for others, a JSON object
 * @param tags the parameter that says whether `+tag` is part of an address
 */
export function formsOf(text: string, { aliases, tags }: { readonly aliases: string; readonly tags: string }): string {
  const untagged = `case when ${tags}::boolean and ${text} like '%+%@%' then regexp_replace(${text}, '[+][^@]*@', '@') end`;
  const elsewhere = (address: string): string =>
    `split_part(${address}, '@', 1) || '@' || (${aliases}::jsonb->>split_part(${address}, '@', 2))`;
  return `(
    select form.name
      from unnest(array[${text}, ${untagged}, ${elsewhere(text)}, ${elsewhere(`(${untagged})`)}]) as form(name)
     where form.name is not null)`;
}
