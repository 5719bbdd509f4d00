/** What all stages of the core share: the {@link dev.fairlead.core.Pure} mark. Start reading at {@code definition}. */
package dev.fairlead.core;
