import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter'
import type { OpportunitySearchFilter, OpportunitySearchFilterValue, OpportunitySearchPredicate } from '../../gen/contract.gen'
import { label } from '../../parts/text'
import { valuesOf } from '../../parts/form'

export type Query = PropertyFilterProps.Query

const dates = ['LastModifiedDate', 'TargetCloseDate', 'CreatedDate']
const numbers = ['EstimatedMrr']
// The enum whose values a field can have.
const enums: Record<string, string> = { Stage: 'Stage', ReviewStatus: 'ReviewStatus', CountryCode: 'CountryCode', OpportunityType: 'OpportunityType', Industry: 'Industry', Origin: 'OpportunityOrigin', EngagementScore: 'SearchEngagementScore' }

const textOperators = ['=', '!=', ':', '!:']
const orderOperators = ['=', '>=', '<=', '>', '<']

/** Everything that SearchOpportunities filters by. */
export const properties: PropertyFilterProps.FilteringProperty[] = valuesOf('OpportunitySearchFilterName').map((key) => ({
  key,
  propertyLabel: label(key),
  groupValuesLabel: `${label(key)} values`,
  operators: dates.includes(key) || numbers.includes(key) ? orderOperators : textOperators,
  defaultOperator: dates.includes(key) || numbers.includes(key) ? '>=' : enums[key] ? '=' : ':',
}))

export const options: PropertyFilterProps.FilteringOption[] = Object.entries(enums).flatMap(([propertyKey, name]) => valuesOf(name).map((value) => ({ propertyKey, value })))

function valueOf(key: string, text: string): OpportunitySearchFilterValue {
  if (dates.includes(key)) return { DateValue: /^\d{4}-\d\d-\d\d$/.test(text) ? text + 'T00:00:00Z' : text }
  if (numbers.includes(key)) return { DoubleValue: Number(text) }
  return { StringValue: text }
}

function predicate(key: string, text: string): OpportunitySearchPredicate {
  return { Key: key as OpportunitySearchPredicate['Key'], Value: valueOf(key, text) }
}

function node(token: PropertyFilterProps.Token): OpportunitySearchFilter {
  const key = token.propertyKey as string
  const text = String(token.value)
  const contains = { ContainsAny: { Key: key as OpportunitySearchPredicate['Key'], Value: { StringListValue: [text] } } }
  switch (token.operator) {
    case ':':
      return contains
    case '!:':
      return { NotFilter: contains }
    case '!=':
      return { NotFilter: { EqualsTo: predicate(key, text) } }
    case '>':
      return { GreaterThan: predicate(key, text) }
    case '>=':
      return { GreaterThanOrEquals: predicate(key, text) }
    case '<':
      return { LessThan: predicate(key, text) }
    case '<=':
      return { LessThanOrEquals: predicate(key, text) }
    default:
      return { EqualsTo: predicate(key, text) }
  }
}

/** Writes what the filter box has as the keyword and the filter tree of SearchOpportunities. */
export function searchOf(query: Query): { Keyword?: string; Filter?: OpportunitySearchFilter } {
  const words = query.tokens.filter((t) => !t.propertyKey).map((t) => String(t.value))
  const nodes = query.tokens.filter((t) => t.propertyKey).map(node)
  const Filter = nodes.length === 0 ? undefined : nodes.length === 1 ? nodes[0] : query.operation === 'or' ? { OrAllFilters: nodes } : { AndAllFilters: nodes }
  return { Keyword: words.length > 0 ? words.join(' ') : undefined, Filter }
}

export const noQuery: Query = { tokens: [], operation: 'and' }

export function readQuery(text: string | null): Query {
  if (!text) return noQuery
  try {
    const query = JSON.parse(text) as Query
    if (Array.isArray(query.tokens)) return { tokens: query.tokens, operation: query.operation === 'or' ? 'or' : 'and' }
  } catch {
    // A damaged link shows everything.
  }
  return noQuery
}
