/**
 * Reading: one object, lists in pages, and watches. Everything comes straight from the store, so every read is consistent;
 * objects stay bytes unless a selector or a table has to look inside. {@link dev.fairlead.apiserver.read.Reader} answers
 * gets and lists, {@link dev.fairlead.apiserver.read.Watcher} starts watches, each of which is a {@code WatchStream} that
 * its reader pulls. Resource versions are the store's revisions.
 */
package dev.fairlead.apiserver.read;
