/**
 * Which of a frontend's backends a new connection goes to: at random or in turn, and for Services with session affinity
 * the one its client had before. The backends themselves are decided in {@code core.routes}. Start reading at
 * {@code Balancer}.
 */
package dev.fairlead.dataplane.balance;
