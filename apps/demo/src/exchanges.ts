/** The bodies of the two requests that the published page of the API documents. */
export const exchanges: ReadonlyArray<object> = [
  {
    phone_numbers: [{ label: "home", country_code: "+1", number: "504-555-0123", extension: null, is_primary: false }],
  },
  {
    phone_numbers: [
      { label: "home", country_code: "+1", number: "541-555-0123", extension: null, is_primary: false },
      { label: "work", country_code: "+1", number: "541-555-0987", extension: 5, is_primary: false },
      { label: "cell", country_code: "+1", number: "541-555-0573", extension: null, is_primary: true },
    ],
  },
]
