/**
 * Writing: create, update, patch, delete. Each is the same pipeline: decode, default, validate, allocate, one atomic commit.
 * {@link dev.fairlead.apiserver.write.Creation}, {@link dev.fairlead.apiserver.write.Change} and {@link
 * dev.fairlead.apiserver.write.Deletion} are the three verbs; {@link dev.fairlead.apiserver.write.Admission} is what an
 * object has to pass, {@link dev.fairlead.apiserver.write.Reservations} how a Service's addresses and node ports become part
 * of the same commit.
 *
 * <p>Invariants: nothing is written without a condition on what was read; an object is created only while its namespace is
 * there and not ending (the commit itself checks it); an address or node port has at most one holder, because its key is
 * created on the condition that it is absent; a write that changes nothing keeps the resourceVersion. Whoever loses a race
 * plans again from what is there now; only a client that named a resourceVersion hears of a conflict.
 */
package dev.fairlead.apiserver.write;
