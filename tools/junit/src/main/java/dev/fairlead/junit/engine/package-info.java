/**
 * The server's side: puts store, API, controllers and node together in this JVM. Nothing outside of it names these classes;
 * they live in a class loader of their own. Start reading at {@code LocalEngine}.
 */
package dev.fairlead.junit.engine;
