/**
 * The kinds that Fairlead decides about, as records: read from a value tree, defaulted, validated, written back. A value
 * tree is plain JDK values: {@code Map<String, Object>}, {@code List<Object>}, {@code String}, {@code Long},
 * {@code Double}, {@code Boolean}.
 *
 * <p>Records ({@link dev.fairlead.core.definition.Service} and its like) are for deciding: they hold what decisions need and
 * nothing else. What the API server does to an object before it stores it works on value trees instead, because every
 * field must survive, also one nobody here knows: {@link dev.fairlead.core.definition.Definition} defaults, prepares and
 * validates; {@link dev.fairlead.core.definition.Definitions} finds the one of a kind. No function changes a tree given to
 * it. Errors are values, all of them at once: {@link dev.fairlead.core.definition.Invalid}.
 *
 * <p>Follows the published rules of Kubernetes 1.36. Start reading at {@code Tree}, {@code Service} and {@code Definition}.
 */
@dev.fairlead.core.Pure
package dev.fairlead.core.definition;
