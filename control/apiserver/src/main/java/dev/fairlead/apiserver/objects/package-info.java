/**
 * Objects between the store and a reply: {@link dev.fairlead.apiserver.objects.AtRest} is how they lie in the store, {@link
 * dev.fairlead.apiserver.objects.Form} how a client gets to see them (as they are, as a table, their metadata alone).
 *
 * <p>Invariant: an object at rest has no resourceVersion, the store's revision is it; {@code kind}, {@code apiVersion} and
 * {@code metadata} come first, so that a revision is put in without decoding the rest.
 */
package dev.fairlead.apiserver.objects;
