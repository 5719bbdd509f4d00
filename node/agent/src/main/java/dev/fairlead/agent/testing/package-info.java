/**
 * Several nodes in the lab: agents with a relay, DNS and pods as processes, each in a network namespace of its own, over
 * one API that the test brings. Start reading at {@code LabNode}.
 */
package dev.fairlead.agent.testing;
