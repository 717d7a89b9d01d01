CREATE TABLE `idempotency_results` (
	`id` integer PRIMARY KEY NOT NULL,
	`credential_id` integer NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`client_ids` text NOT NULL,
	`created_at` integer NOT NULL,
	`answer` text NOT NULL,
	FOREIGN KEY (`credential_id`) REFERENCES `credentials`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `idempotency_results_key` ON `idempotency_results` (`credential_id`,`key`);--> statement-breakpoint
CREATE INDEX `idempotency_results_created_at` ON `idempotency_results` (`created_at`);--> statement-breakpoint
CREATE INDEX `clients_account_id` ON `clients` (`account_id`);--> statement-breakpoint
CREATE INDEX `phone_numbers_e164` ON `phone_numbers` (`e164`);--> statement-breakpoint
-- By hand, where drizzle-kit rebuilds the table.
ALTER TABLE `accounts` ADD COLUMN `client_count` integer DEFAULT 0 NOT NULL CONSTRAINT "accounts_client_count" CHECK("client_count" >= 0);--> statement-breakpoint
UPDATE `accounts` SET `client_count` = (SELECT count(*) FROM `clients` WHERE `account_id` = `accounts`.`id`);
