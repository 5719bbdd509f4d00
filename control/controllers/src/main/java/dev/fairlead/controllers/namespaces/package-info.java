/**
 * Empties namespaces that are to end, pods first, tells in their conditions what is left ({@code Remains}), and then lets
 * them go ({@code spec.finalizers}).
 */
package dev.fairlead.controllers.namespaces;
