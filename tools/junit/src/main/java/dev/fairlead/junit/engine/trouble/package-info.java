/**
 * Trouble between an API and those who ask it: what is refused, late, stale or broken off. It decides about requests and never
 * about objects. Start reading at {@code Troubles}; its users see {@link dev.fairlead.junit.Faults}.
 */
package dev.fairlead.junit.engine.trouble;
