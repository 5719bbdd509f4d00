/**
 * The words that everything about wire formats shares: {@link dev.fairlead.wire.Kinds} and {@link
 * dev.fairlead.wire.Resource} say which kinds there are and where they live; {@link dev.fairlead.wire.FieldPath} names a
 * place in an object; {@link dev.fairlead.wire.Problem} says what is wrong there; {@link
 * dev.fairlead.wire.SyntaxException} says that bytes are no object at all. How bytes become a value tree is in the
 * packages json, yaml and protobuf; what a field is, in schema.
 */
package dev.fairlead.wire;
