// Package search is the one engine behind the searches of the API: which fields a
// search knows, what a filter tree may say of them, how text is compared, and how
// a keyword is cut into words. It is pure: package store turns what it returns into
// SQL, and package searchtest holds a slow evaluator that the SQL is tested against.
//
// A [Table] describes the fields of one search. [Table.Parse] checks a filter tree
// against it. A [Row] is what one record holds of those fields; the functions in
// opportunity.go, engagement.go and customer.go make rows of stored documents.
package search
