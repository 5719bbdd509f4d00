/**
 * All of Fairlead in one process, put together by constructors: store, API server, controllers, one node. Two instances
 * in one JVM share nothing. Start reading at {@code Instance}.
 */
package dev.fairlead.cli.instance;
