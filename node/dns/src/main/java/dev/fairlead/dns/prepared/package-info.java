/**
 * Answers as bytes, for names that are asked for again and again: the way of most queries, on which nothing is allocated.
 *
 * <p>Invariant: what is given here is what the long way would give at this moment. Every answer carries the version of what
 * it was made from ({@code NameTable.version}), taken before it was made; one whose version has passed is made anew. Answers
 * that depend on others, on chains of names or on a size that was too small are not kept.
 *
 * <p>Start reading at {@code PreparedAnswers}, then {@code Prepared}.
 */
package dev.fairlead.dns.prepared;
