// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.Event;
import java.util.List;

/**
 * What one commit changes.
 *
 * @param revision the revision it makes
 * @param events at least one, in the order of the writes, each of {@code revision} and of another key
 */
public record Commit(long revision, List<Event> events) {}
