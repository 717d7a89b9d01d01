CREATE TABLE `accounts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `clients` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`account_id` integer NOT NULL,
	`name` text NOT NULL,
	`phone_number_count` integer NOT NULL,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "clients_name" CHECK(length("name") BETWEEN 1 AND 255),
	CONSTRAINT "clients_phone_number_count" CHECK("phone_number_count" >= 0),
	CONSTRAINT "clients_version" CHECK("version" >= 1)
) STRICT;
--> statement-breakpoint
CREATE TABLE `credentials` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`account_id` integer NOT NULL,
	`token` text NOT NULL,
	`secret_encrypted` blob NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `credentials_token_unique` ON `credentials` (`token`);--> statement-breakpoint
CREATE TABLE `phone_numbers` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`client_id` integer NOT NULL,
	`label` text,
	`country_code` text NOT NULL,
	`number` text NOT NULL,
	`raw_number` text NOT NULL,
	`extension` text,
	`e164` text NOT NULL,
	`typed` text NOT NULL,
	`is_primary` integer NOT NULL,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "phone_numbers_label" CHECK(length("label") BETWEEN 1 AND 20),
	CONSTRAINT "phone_numbers_country_code" CHECK(length("country_code") BETWEEN 1 AND 3),
	CONSTRAINT "phone_numbers_number" CHECK(length("number") BETWEEN 1 AND 64),
	CONSTRAINT "phone_numbers_raw_number" CHECK(length("raw_number") BETWEEN 0 AND 64),
	CONSTRAINT "phone_numbers_extension" CHECK(length("extension") BETWEEN 1 AND 15),
	CONSTRAINT "phone_numbers_e164" CHECK(length("e164") BETWEEN 2 AND 64),
	CONSTRAINT "phone_numbers_typed" CHECK(length("typed") BETWEEN 1 AND 64),
	CONSTRAINT "phone_numbers_is_primary" CHECK("is_primary" IN (0, 1)),
	CONSTRAINT "phone_numbers_version" CHECK("version" >= 1)
) STRICT;
--> statement-breakpoint
CREATE INDEX `phone_numbers_client_id` ON `phone_numbers` (`client_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `phone_numbers_primary` ON `phone_numbers` (`client_id`) WHERE "is_primary" = 1;--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT;
