/**
 * The kinds that Fairlead decides about, as records: read from a value tree, defaulted, validated, written back. A value
 * tree is plain JDK values: {@code Map<String, Object>}, {@code List<Object>}, {@code String}, {@code Long},
 * {@code Double}, {@code Boolean}. Start reading at {@code Service} and {@code Tree}.
 */
package dev.fairlead.core.definition;
