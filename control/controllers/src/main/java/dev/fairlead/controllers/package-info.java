/**
 * The loops that keep a cluster as it was asked to be: observe (an {@code Informer}), decide (a pure function), write (an
 * {@code ApiClient}). Each controller is a class of its own with a {@code WorkQueue} of its own;
 * {@link dev.fairlead.controllers.Controllers} starts them all over one set of informers.
 *
 * <p>Invariants: a decision is made from the caches alone and is safe when they lag behind: what a controller wrote
 * itself it waits to see ({@code OwnWrites}) before it counts again, and every write that replaces something names the
 * version or the uid it was decided on. Nothing is remembered that a new start could not find out.
 */
package dev.fairlead.controllers;
