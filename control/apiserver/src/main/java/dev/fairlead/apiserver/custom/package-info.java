/**
 * Kinds that users define. {@link dev.fairlead.apiserver.custom.CustomKinds} follows the CustomResourceDefinitions in the
 * store and holds the table of all kinds as a value that is replaced whole; {@link
 * dev.fairlead.apiserver.custom.AcceptedNames} decides which definition has which names; {@link
 * dev.fairlead.apiserver.custom.Keeper} writes what came of it into their status; {@link
 * dev.fairlead.apiserver.custom.Endings} ends the objects of those that are deleted. {@code DefinitionRules} and {@code CustomRules} are what definitions and custom objects have to pass.
 *
 * <p>Invariants: what is served follows from the definitions in the store alone, so all servers over one store agree; a
 * request sees one table from its path to its answer, because the table's resource carries all that is known of the kind.
 */
package dev.fairlead.apiserver.custom;
