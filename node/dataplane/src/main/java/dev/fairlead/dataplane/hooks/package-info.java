/**
 * A RouteTable for programs at sockets: which programs, which maps, and which entries in them. Nothing here touches the kernel.
 *
 * <p>{@link dev.fairlead.dataplane.hooks.HookPrograms} writes the programs, which never change while Services come and go;
 * {@link dev.fairlead.dataplane.hooks.HookMaps} says what the maps hold and how it lies in bytes; {@link
 * dev.fairlead.dataplane.hooks.HookLayout} plans the entries of a table, and the changes from one to the next.
 *
 * <p>How a connect finds its endpoint: {@code (address, port, protocol) → (pool, size)}, a random slot below the size, {@code
 * (pool, slot) → (address, port)}, and the socket connects there instead. Packets of the connection need nothing any more.
 *
 * <p>Invariant: what cannot be decided at a socket exactly as {@code core.routes} decides it has no entry, and goes by the data
 * plane below: entrances with source ranges, what is dropped, refused datagrams, and pods' connections that have to leave
 * with the node's address. Start reading at {@code HookLayout}.
 */
@Pure
package dev.fairlead.dataplane.hooks;

import dev.fairlead.core.Pure;
