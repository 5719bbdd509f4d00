/**
 * Kinds that users define: what a CustomResourceDefinition says, read once and asked often. {@link
 * dev.fairlead.wire.custom.JsonSchema} is the structural schema of a version; {@link dev.fairlead.wire.custom.Pruning},
 * {@link dev.fairlead.wire.custom.Defaulting} and {@link dev.fairlead.wire.custom.Validation} are what it does to objects,
 * and its {@code ObjectType} is what ownership, patches and strict decoding ask, as for built-in kinds. {@link
 * dev.fairlead.wire.custom.CustomResources} makes resources of a definition; start reading there. Pure functions of trees.
 *
 * <p>Sources: JSON Schema (validation, draft 4), KEP-1152, the API reference of apiextensions.k8s.io/v1.
 */
package dev.fairlead.wire.custom;
