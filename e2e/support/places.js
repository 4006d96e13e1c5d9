// The kinds of page there are, each with an address of one. A page type that is not listed here is not checked.

const first = (list) => {
  if (!list.items?.length) throw new Error('the illustrative register has none of these');
  return list.items[0];
};

/** Name of the page type, and its address; a function where the address holds an id that only the API knows. */
export const places = [
  ['home', '/'],
  ['contracts', '/contracts'],
  ['contracts, filtered', '/contracts?service_area=housing&ends=12&ends=past-end'],
  ['contracts, asked for what is no filter', '/contracts?kind=council&no_page=1'],
  ['contracts, none found', '/contracts?q=zzzzqqqq'],
  ['one contract', async (api) => `/contracts/${first(await api('contracts?limit=1&sort=ends')).id}`],
  ['systems', '/systems'],
  ['one system', async (api) => `/systems/${first(await api('systems?limit=1')).id}`],
  ['products', '/products'],
  ['one product', async (api) => `/products/${first(await api('products?limit=1')).id}`],
  ['suppliers', '/suppliers'],
  ['one supplier', async (api) => `/suppliers/${first(await api('suppliers?limit=1')).id}`],
  ['organisations', '/organisations'],
  ['one organisation', '/organisations/camden'],
  ['an organisation without a record', '/organisations/enfield'],
  ['functions', '/functions'],
  ['functions, found by a word', '/functions?q=housing'],
  ['one function', async (api) => `/functions/${first(await api('functions?limit=1')).slug}`],
  ['matrix', '/matrix'],
  ['timeline', '/timeline'],
  ['planned procurements', '/planned-procurements'],
  ['changes', '/changes'],
  ['imports', '/imports'],
  ['search', '/search?q=housing'],
  ['search, none found', '/search?q=zzzzqqqq'],
  ['about', '/about'],
  ['accessibility statement', '/accessibility'],
  ['privacy', '/privacy'],
  ['cookies', '/cookies'],
  ['help', '/help'],
  ['the API', '/api'],
  ['sign in', '/sign-in'],
  ['signed out', '/sign-out'],
  ['a problem of the API', '/problems/not-found'],
  ['skills', '/skills'],
  ['the history of a supplier', async (api) => `/suppliers/${first(await api('suppliers?limit=1')).id}/history`],
  ['one skill', async (api) => `/skills/${first(await api('skills?limit=1')).id}`],
  ['published DPIAs', '/dpias'],
  ['templates and rules', '/templates'],
  ['a template', '/templates/urn:citytools:dpia:uk-gdpr/1.0.0'],
  ['screening rules', '/templates/urn:citytools:screening:uk-gdpr/1.0.1'],
  ['options that law gives', '/templates/urn:citytools:options:uk-data-protection/1.0.0'],
  ['a route of sign-off', '/templates/urn:citytools:sign-off:shipped/1.0.0'],
  ['a screening question', '/screening'],
  ['a screening question without an answer', '/screening?asked=personal-data'],
  ['a screening outcome', '/screening?personal-data=no'],
];

/** The address of a place. */
export const addressOf = async (place, api) => (typeof place === 'string' ? place : place(api));

/** Pages that show a list, with the noun of the API that holds the same rows. */
export const lists = [
  ['/contracts', 'contracts'],
  ['/systems', 'systems'],
  ['/products', 'products'],
  ['/suppliers', 'suppliers'],
  ['/organisations', 'organisations'],
  ['/functions', 'functions'],
  ['/planned-procurements', 'planned-procurements'],
  ['/skills', 'skills'],
];
