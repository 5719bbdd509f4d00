/**
 * Selectors: which objects a request means, by label ({@link dev.fairlead.wire.select.LabelSelector}) or by field ({@link
 * dev.fairlead.wire.select.FieldSelector}). Both are values: parsed from the texts of the API's query parameters, asked
 * with {@code matches}, printed as they were meant.
 */
package dev.fairlead.wire.select;
