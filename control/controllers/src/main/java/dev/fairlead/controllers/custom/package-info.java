/**
 * Which kinds there are besides the built-in ones: {@link dev.fairlead.controllers.custom.CustomKinds} follows the
 * CustomResourceDefinitions, so that owners of custom kinds are known and namespaces are emptied of custom objects.
 */
package dev.fairlead.controllers.custom;
