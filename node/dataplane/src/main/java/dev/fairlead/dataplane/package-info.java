/**
 * Turns a node's RouteTable into traffic. What goes where is decided in {@code core.routes}; a data plane carries it out
 * and says when it does. Start reading at {@code DataPlane}; the one there is now is {@code UserspacePlane}.
 */
package dev.fairlead.dataplane;
