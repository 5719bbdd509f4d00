/** Empties namespaces that are to end, pods first, and then lets them go ({@code spec.finalizers}). */
package dev.fairlead.controllers.namespaces;
