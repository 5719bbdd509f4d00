/**
 * Which fields of an object belong to whom, and what follows from it: server-side apply (KEP-555). {@link
 * dev.fairlead.wire.ownership.FieldSet} is a set of fields in the form that {@code metadata.managedFields} has
 * ("FieldsV1"), {@link dev.fairlead.wire.ownership.Owners} all of an object's owners and what a write does to them. Where
 * fields begin and end, and which items of lists are the same, the schema says ({@code wire.schema}).
 *
 * <p>Everything here is a pure function of trees; what is given is never changed.
 */
package dev.fairlead.wire.ownership;
